import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { expect, test } from './harness/fixtures.ts';
import { launchStandIn } from './harness/stand-in-app.ts';
import { StudioPage } from './harness/studio-page.ts';

const SAVE_AND_QUIT = 1;

// On the stand-in alone: Electron itself would go on as another process, which nobody here could end.
test('files that a second start hands over while the app starts, and while it saves a run at its end, are opened', async ({
  dataFolder,
  chromium,
}) => {
  const early = join(dataFolder, 'early.aestudio-experiment');
  const experiment = { ...presetExperiment(presets[1]!, 'mnist', [28, 28, 1]), name: 'Before the window' };
  await writeFile(early, JSON.stringify(experiment));
  const late = join(dataFolder, 'late.json');
  const app = await launchStandIn({ dataFolder, openedEarly: [early], chromium });
  try {
    await expect(app.page.getByText('Opened: Before the window')).toBeVisible();
    const studio = new StudioPage(app.page);
    await studio.type({ Epochs: 50, 'Batch size': 4 });
    await studio.trainButton.click();
    await studio.isTraining();
    await app.answerNextQuestion(SAVE_AND_QUIT);
    await app.askToClose();
    await app.openWith([late]);
    await app.gone();
    expect(app.nextStarts).toEqual([[expect.stringMatching(/index\.js$/), `--data=${dataFolder}`, late]]);
  } finally {
    await app.close();
  }
});
