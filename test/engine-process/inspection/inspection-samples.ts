import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Events } from '../../../electron/contract/contract.ts';
import type { ImageSet } from '../../../electron/dataset/image-set.ts';
import { splitmix } from '../../../electron/domain/inspection/ranking.ts';
import { InspectionService } from '../../../electron/engine-process/inspection/inspection-service.ts';
import { ImageSetStore } from '../../../electron/files/image-set-store.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { experiment } from '../../training/samples.ts';
import { MODEL, deskOver, png, saveRun } from '../models/samples.ts';

export const SIDE = 16;

/** A wave with a little noise; with a bright spot where `odd`. */
export function pixel(x: number, y: number, noise: number, odd: boolean): number {
  const spot = odd && x >= 9 && x < 12 && y >= 4 && y < 7 ? 90 : 0;
  return Math.min(255, Math.round(110 + 40 * Math.sin(x / 2) + 12 * noise + spot));
}

function waves(): ImageSet {
  const random = splitmix(4);
  const images = (count: number) => ({
    count,
    height: SIDE,
    width: SIDE,
    channels: 1,
    pixels: Uint8Array.from({ length: count * SIDE * SIDE }, (_, at) =>
      pixel(at % SIDE, Math.floor(at / SIDE) % SIDE, random(), false),
    ),
  });
  return { id: 'tiny', name: 'Waves', labelNames: [], training: { images: images(40) }, test: { images: images(6) } };
}

export interface OnService {
  readonly handlers: InspectionService['handlers'];
  readonly path: string;
  readonly told: Events['inspection:progressed'][];
  readonly staged: ReturnType<typeof deskOver>['staged'];
  /** Stages a folder of three good and three cracked pictures. */
  readonly drop: () => Promise<{ readonly kind: 'staged'; readonly staged: string }>;
}

let learnt: Promise<ReadonlyMap<string, Buffer>> | undefined;

/** The files that keep what is normal for the model: learnt once. */
function filesLearnt(): NonNullable<typeof learnt> {
  const learn = async () => {
    const files = new Map<string, Buffer>();
    await onService(async ({ handlers, path }) => {
      const source = { kind: 'set', imageSet: 'tiny', split: 'test' } as const;
      await handlers['inspection:start']({ job: 'learning', model: MODEL, source });
      const folder = modelFolder(path);
      for (const name of readdirSync(folder).filter((each) => each.startsWith('normality.'))) {
        files.set(name, readFileSync(join(folder, name)));
      }
    });
    return files;
  };
  return (learnt ??= learn());
}

const modelFolder = (dataFolder: string): string => RunFolder.under(dataFolder, MODEL.runId).modelFolder('best');

/** A service over a run that has learnt already what is normal. */
export async function onLearntService(body: (service: OnService) => Promise<void>): Promise<void> {
  const files = await filesLearnt();
  return onService(async (service) => {
    for (const [name, bytes] of files) writeFileSync(join(modelFolder(service.path), name), bytes);
    await body(service);
  });
}

/** A service over a run with held-out pictures, closed after the body; asserts that no tensor is left. */
export function onService(body: (service: OnService) => Promise<void>): Promise<void> {
  return expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const model = {
      inputShape: [SIDE, SIDE, 1] as [number, number, 1],
      code: { size: 3, activation: 'linear' as const, variational: false },
    };
    await saveRun(data.path, experiment({ validationCount: 15 }, model));
    const { service: models, staged, imageSets } = deskOver(data.path, waves());
    const told: Events['inspection:progressed'][] = [];
    const service = new InspectionService({
      dataFolder: data.path,
      imageSets,
      staged,
      store: new ImageSetStore(data.path),
      breathe: async () => undefined,
      report: () => undefined,
      emit: (name, payload) => void (name === 'inspection:progressed' && told.push(payload as (typeof told)[number])),
    });
    const drop = async () => {
      const random = splitmix(8);
      const folder = join(data.path, 'dropped');
      for (const group of ['good', 'crack']) {
        mkdirSync(join(folder, group), { recursive: true });
        for (let at = 0; at < 3; at += 1) {
          const bytes = await png(2 * SIDE, 2 * SIDE, (x, y) => pixel(x >> 1, y >> 1, random(), group === 'crack'));
          writeFileSync(join(folder, group, `${at}.png`), bytes);
        }
      }
      writeFileSync(join(folder, 'good', 'torn.png'), 'no picture');
      staged.set('dropped', [folder]);
      return { kind: 'staged', staged: 'dropped' } as const;
    };
    try {
      await body({ handlers: service.handlers, path: data.path, staged, told, drop });
    } finally {
      await service.close();
      await models.close();
    }
  });
}
