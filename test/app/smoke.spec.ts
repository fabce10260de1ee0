import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test.use({ firstStart: true, lessMotion: false });

test('the app starts, its engine is ready, a JPEG comes in, a few steps are trained', async ({
  openApp,
  dataFolder,
}) => {
  const { page, chooseWhatToOpen, chooseFromMenu } = await openApp();
  const studio = new StudioPage(page);
  await expect(studio.trainButton).toBeEnabled();
  await expect(page.getByText('60,000 training, 10,000 test')).toBeVisible();

  const folder = join(dataFolder, 'pictures');
  await mkdir(folder);
  const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: '#803020' } });
  await picture.jpeg().toFile(join(folder, 'brick.jpg'));
  await chooseWhatToOpen([folder]);
  await chooseFromMenu(['File', 'Import images…']);
  await expect(page.getByRole('dialog', { name: 'Make an image set' })).toContainText('1 found');
  await page.keyboard.press('Escape');

  await studio.goTo('Train');
  await studio.type({ Epochs: 50, 'Batch size': 4 });
  await studio.trainButton.click();
  await studio.isTraining();
  await studio.stopButton.click();
  await studio.ends('stopped');
});
