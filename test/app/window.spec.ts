import { expect, test } from './harness/fixtures.ts';
import { StudioPage } from './harness/studio-page.ts';

test('the window has no Node, runs no foreign script, goes nowhere and opens nothing; what it sends is checked', async ({
  openApp,
}) => {
  const { page, windowCount } = await openApp();
  const address = page.url();
  const globals = await page.evaluate(() => {
    const names = window as unknown as Record<string, unknown>;
    return ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => names[name] !== undefined);
  });
  expect(globals).toEqual([]);

  const ran = await page.evaluate(async () => {
    const refused = new Promise<string>((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective)),
    );
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.head.append(script);
    return { refused: await refused, ran: 'ran' in window };
  });
  expect(ran).toEqual({ refused: 'script-src-elem', ran: false });
  await expect(page.evaluate(() => fetch('https://example.com/'))).rejects.toThrow('Failed to fetch');

  const permissions = await page.evaluate(async () => {
    const asked = ['geolocation', 'notifications'] as const;
    return Promise.all(asked.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(permissions).toEqual(['denied', 'denied']);

  await page.evaluate(() => void window.open('https://example.com/'));
  await expect.poll(windowCount).toBe(1);
  await page.evaluate(() => void (window.location.href = 'https://example.com/'));
  await expect(new StudioPage(page).trainButton).toBeVisible();
  expect(page.url()).toBe(address);

  // Before it reaches anything.
  const answers = await page.evaluate(async () => {
    type Studio = { call(channel: string, request: unknown): Promise<unknown> };
    const { studio } = window as unknown as { studio: Studio };
    return [await studio.call('engine:describe', {}), await studio.call('run:open', { runId: '../../etc' })];
  });
  expect(answers).toEqual([
    { ok: false, error: { code: 'refused', message: 'A window may not call "engine:describe".' } },
    {
      ok: false,
      error: {
        code: 'bad-request',
        message: 'run:open: runId must be lower-case letters, digits and dashes, found "../../etc".',
      },
    },
  ]);
});
