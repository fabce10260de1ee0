import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test('the engine process is killed: the window says so, and offers the interrupted run, which trains again', async ({
  openApp,
}) => {
  const { page, enginePid } = await openApp();
  const studio = new StudioPage(page);
  await studio.type({ Epochs: 50, 'Batch size': 1 });
  await studio.trainButton.click();
  await studio.isTraining();
  const killed = await enginePid();
  process.kill(killed, 'SIGKILL');

  await expect(page.getByText(/The engine process (was ended by signal|ended with exit code)/).first()).toBeVisible();
  await studio.ends('interrupted');
  await studio.goTo('Runs');
  await expect(studio.runRows).toHaveCount(1);
  await expect(studio.runRows).toContainText('interrupted');

  await expect(page.getByText(/was cut off before its first epoch had ended of 50\./)).toBeVisible();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await studio.isTraining();
  expect(await enginePid()).not.toBe(killed);
  await studio.stopButton.click();
  await studio.ends('stopped');
  await studio.goTo('Runs');
  await expect(studio.runRows).toHaveCount(1);
  await expect(studio.runRows).toContainText('stopped');
});
