import { cornersOf, dotsOf, Figures } from './harness/figures.ts';
import { expect, test } from './harness/fixtures.ts';
import { LatentPage } from './harness/latent-page.ts';
import { RunsPage } from './harness/runs-page.ts';

test('every figure is saved as a picture at print scale and as a drawing', async ({
  openApp,
  run,
  map,
  dataFolder,
}) => {
  test.slow();
  await run.copyTo(dataFolder);
  await map.copyTo(dataFolder);
  const { page } = await openApp();
  page.setDefaultTimeout(60_000);
  const studio = new RunsPage(page);
  const figures = new Figures(page);
  await page.getByLabel('Preset').selectOption('map-2d');
  await studio.goTo('Runs');
  await studio.row(/^Map/).getByRole('button').click();

  await test.step('the loss curve, a corner an epoch', async () => {
    const { svg, png } = await figures.saved('the loss curve');
    expect([png.width, png.height]).toEqual([1_800, 1_120]);
    expect(png.colours).toBeGreaterThan(50);
    expect(svg.name).toMatch(/-loss\.svg$/);
    expect(svg.texts).toEqual(
      expect.arrayContaining(['epoch', 'squared error per image', 'training', 'validation', 'batch']),
    );
    const corners = (stroke: string) =>
      svg.paths.filter((path) => path.stroke === stroke).map((path) => cornersOf(path));
    // The first is the legend's.
    expect(corners('#3f90da')).toEqual([2, 2]);
    expect(corners('#c96f00')).toEqual([2, 2]);
    expect(corners('#94a4a2').at(-1)).toBeGreaterThanOrEqual(2);
  });

  await test.step('originals and reconstructions', async () => {
    const { svg, png } = await figures.saved('the reconstructions');
    expect(svg.images).toBe(20);
    expect(png.colours).toBeGreaterThan(100);
    expect(svg.texts.filter((text) => /^\d+\.\d\d$/.test(text))).toHaveLength(10);
  });

  await test.step('both maps, the classes told apart by shape', async () => {
    const { svg, png } = await figures.saved('the two maps', 1);
    expect(png.width).toBe(1_800);
    expect(png.colours).toBeGreaterThan(100);
    expect(svg.paths.length).toBeGreaterThan(500);
    expect(svg.texts).toEqual(expect.arrayContaining(['A', 'B', '0', '9']));
  });

  await test.step('the network', async () => {
    await studio.goTo('Model');
    const { svg, png } = await figures.saved('the network drawing');
    expect(png.colours).toBeGreaterThan(20);
    expect(svg.texts).toEqual(expect.arrayContaining(['image', 'code', '2', '1000', 'output']));
    // Nine layers give a flow to each from the one before; images are stacks.
    expect(svg.paths.filter(({ fill }) => fill === '#e9ebed')).toHaveLength(8);
  });

  const latent = new LatentPage(page);
  await test.step('a map as it stands on screen, a dot an image', async () => {
    await latent.open();
    await latent.showEverything();
    const { svg, png } = await figures.saved('the map The autoencoder’s codes');
    expect(png.colours).toBeGreaterThan(500);
    // And one for each class of the legend.
    expect(dotsOf(svg)).toBe(10_000 + 10);
    expect(svg.texts).toEqual(expect.arrayContaining(['The autoencoder’s codes', 'code unit 1', 'code unit 2', '7']));
    const pca = await figures.saved('the map PCA of the pixels');
    // Ten of the legend, and the inner 99 % of the images.
    expect(dotsOf(pca.svg)).toBeGreaterThan(9_900);
    expect(dotsOf(pca.svg)).toBeLessThanOrEqual(10_000 + 10);
    expect((await figures.saved('the paper’s figure', 1)).png.width).toBe(1_800);
  });

  await test.step('the errors of what is selected', async () => {
    await latent.select('all that are shown');
    await latent.expectSelected(10_000);
    const { svg } = await figures.saved('the error histogram');
    expect(svg.paths.filter(({ fill }) => fill === '#0a6e69')).toHaveLength(24);
    expect(svg.texts).toEqual(expect.arrayContaining(['squared error per image', 'median']));
    expect(svg.texts).toContain('Squared error per image of 10,000 selected images');
  });

  await test.step('the decoded manifold', async () => {
    await page.getByRole('tab', { name: 'Decoder' }).click();
    await page.getByRole('tab', { name: 'Grid' }).click();
    const { svg, png } = await figures.saved('the decoded manifold');
    expect(svg.images).toBe(1);
    expect(png.colours).toBeGreaterThan(100);
    expect(svg.texts).toContain('The decoded manifold');
  });

  await test.step('generated pictures beside their nearest', async () => {
    await page.getByRole('tab', { name: 'Generate' }).click();
    await page.getByRole('button', { name: 'Generate', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Generated pictures' })).toBeVisible({ timeout: 300_000 });
    const { svg } = await figures.saved('the generated pictures', 1);
    expect(svg.images % 2).toBe(0);
    expect(svg.images).toBeGreaterThan(10);
  });

  await test.step('compared runs: their curves and their pictures', async () => {
    await studio.goTo('Runs');
    for (const box of await studio.runRows.getByRole('checkbox').all()) await box.check();
    await studio.chosenRuns.getByRole('button', { name: 'Compare' }).click();
    const { svg } = await figures.saved('the compared curves');
    expect(svg.texts).toEqual(expect.arrayContaining(['epoch', 'squared error per image', 'A', 'B']));
    await expect(page.getByRole('img', { name: /^What B, / })).toBeVisible();
    const pictures = await figures.saved('the compared reconstructions');
    expect(pictures.svg.images).toBe(30);
    await studio.backToList();
  });

  await test.step('error against code size, and against bytes beside JPEG and WebP', async () => {
    for (const box of await studio.runRows.getByRole('checkbox').all()) await box.check();
    await studio.chosenRuns.getByRole('button', { name: 'Error by code size' }).click();
    await expect(page.getByRole('heading', { name: 'Error against bytes' })).toBeVisible({ timeout: 300_000 });
    const bySize = await figures.saved('Error against code size');
    expect(bySize.svg.name).toBe('error-by-code-size.svg');
    expect(bySize.svg.texts).toEqual(expect.arrayContaining(['autoencoder', 'PCA', 'code size, units', '2', '128']));
    const byBytes = await figures.saved('Error against bytes');
    expect(byBytes.svg.texts).toEqual(expect.arrayContaining(['codes in 8 bits', 'JPEG', 'WebP', 'bytes an image']));
    const longest = Math.max(...byBytes.svg.paths.map((path) => cornersOf(path)));
    expect(longest).toBeGreaterThan(4);
  });
});
