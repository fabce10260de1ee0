import { expectNoLeak } from '../../engine/no-leak.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { experiment, tinySet } from '../../training/samples.ts';
import { deskOver, saveRun, type Desk } from './samples.ts';

export const set = tinySet(40, 12);

/** A service over one saved run on the tiny set, closed after the body; asserts that no tensor is left. */
export function onService(
  body: (service: Desk['service']['handlers'], more: Desk & { readonly path: string }) => Promise<void>,
  options: {
    readonly broken?: true;
    readonly codeSize?: number;
    readonly gone?: true;
    readonly validation?: number;
  } = {},
): Promise<void> {
  return expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const { codeSize = 3, validation = 5, broken } = options;
    const code = { size: codeSize, activation: 'linear', variational: false } as const;
    const given = experiment({ validationCount: validation }, { code });
    await saveRun(data.path, given, broken === undefined ? {} : { broken });
    const service = options.gone ? deskOver(data.path) : deskOver(data.path, set);
    try {
      await body(service.service.handlers, { ...service, path: data.path });
    } finally {
      await service.service.close();
    }
  });
}
