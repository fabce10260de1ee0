import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test('at the first start the samples are among the runs; one that was deleted stays away', async ({
  openApp,
  dataFolder,
}) => {
  // As a person's is, who has just installed the app.
  await rm(join(dataFolder, 'samples.json'));
  const first = await openApp();
  const studio = new StudioPage(first.page);
  await studio.goTo('Runs');
  await expect(studio.runRows).toHaveCount(2);
  await first.close();

  await rm(join(dataFolder, 'runs', 'sample-map'), { recursive: true });
  const second = new StudioPage((await openApp()).page);
  await second.goTo('Runs');
  await expect(second.runRows).toHaveCount(1);
});
