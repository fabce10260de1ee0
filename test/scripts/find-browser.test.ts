import { describe, expect, it } from 'vitest';
import { BROWSER_VARIABLE, installedBrowser } from '../../scripts/find-browser.ts';

describe('the browser for the end-to-end tests', () => {
  it('is the one the variable names', () => {
    expect(installedBrowser({ [BROWSER_VARIABLE]: process.execPath, PATH: '' })).toBe(process.execPath);
  });

  it('named but not there is an error that says where it was looked for', () => {
    expect(() => installedBrowser({ [BROWSER_VARIABLE]: '/no/such/browser' })).toThrow(
      "AUTOENCODER_STUDIO_BROWSER: expected a browser's program, found nothing at /no/such/browser.",
    );
  });
});
