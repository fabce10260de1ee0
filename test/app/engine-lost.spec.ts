import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test('the engine process is killed: the window says so, the run is interrupted, a new run starts', async ({
  openApp,
}) => {
  const { page, enginePid } = await openApp();
  const studio = new StudioPage(page);
  await studio.type({ Epochs: 50, 'Batch size': 4 });
  await studio.trainButton.click();
  await studio.isTraining();
  const killed = await enginePid();
  process.kill(killed, 'SIGKILL');

  await expect(page.getByText(/The engine process (was ended by signal|ended with exit code)/).first()).toBeVisible();
  await studio.ends('interrupted');
  await studio.goTo('Runs');
  await expect(studio.runRows).toHaveCount(1);
  await expect(studio.runRows).toContainText('interrupted');

  await studio.goTo('Train');
  await studio.trainToEnd({ Epochs: 1, 'Batch size': 256 });
  expect(await enginePid()).not.toBe(killed);
  await studio.goTo('Runs');
  await expect(studio.runRows.first()).toContainText('finished');
  await expect(studio.runRows.last()).toContainText('interrupted');
});
