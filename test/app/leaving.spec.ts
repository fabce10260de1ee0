import { RunFolder } from '../../electron/files/run-folder.ts';
import { expect, test } from './harness/fixtures.ts';
import { runFolders, storedMetrics, StudioPage } from './harness/studio-page.ts';

const [KEEP_TRAINING, SAVE_AND_QUIT, CANCEL] = [0, 1, 2];

test('closing the window while a run trains asks: to stay, to save and quit, to train on out of sight', async ({
  openApp,
  dataFolder,
}) => {
  const first = await openApp();
  const studio = new StudioPage(first.page);
  await studio.type({ Epochs: 50, 'Batch size': 4 });
  await studio.trainButton.click();
  await studio.isTraining();

  await first.answerNextQuestion(CANCEL);
  await first.askToClose();
  await expect(studio.stopButton).toBeEnabled();
  expect(first.windowCount()).toBe(1);

  await first.answerNextQuestion(SAVE_AND_QUIT);
  await first.askToClose();
  await first.gone();
  const [saved] = await runFolders(dataFolder);
  expect((await new RunFolder(saved!).readState()).status).toBe('stopped');

  await test.step('the saved run can be gone on with; out of sight another is trained to its end, and the app goes then', async () => {
    const second = await openApp();
    const again = new StudioPage(second.page);
    await again.goTo('Runs');
    await expect(again.runRows).toContainText('stopped');
    await again.runRows.getByRole('button').click();
    await expect(second.page.getByRole('button', { name: 'Resume', exact: true })).toBeEnabled();
    await again.goTo('Train');
    // A code of two numbers: its neighbours, which a run counts at its end, are soon found.
    await again.type({ Epochs: 3, 'Batch size': 8, 'Code size': 2 });
    await again.trainButton.click();
    await again.isTraining();
    await second.answerNextQuestion(KEEP_TRAINING);
    await second.askToClose();
    await second.gone();
    const trained = (await runFolders(dataFolder)).at(-1)!;
    expect((await new RunFolder(trained).readState()).status).toBe('finished');
    expect(await storedMetrics(trained)).toHaveLength(3);
  });
});
