import { expect, it } from 'vitest';
import { forgetEmpty, macSigning } from '../../../scripts/package/signing.ts';

it('takes a secret that is not there for none', () => {
  const env = { CSC_LINK: '', APPLE_API_KEY: '', CSC_KEY_PASSWORD: 'secret', PATH: '' };
  forgetEmpty(env);
  expect(env).toEqual({ CSC_KEY_PASSWORD: 'secret', PATH: '' });
});

it('signs an app for a Mac as nobody’s where there is no certificate, and then without the hardened runtime', () => {
  expect(macSigning({})).toEqual({ identity: '-', hardenedRuntime: false });
  expect(macSigning({ CSC_LINK: 'certificate.p12' })).toEqual({});
  expect(macSigning({ CSC_NAME: 'Ada' })).toEqual({});
});
