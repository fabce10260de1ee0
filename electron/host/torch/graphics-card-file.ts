import { join } from 'node:path';
import * as v from 'valibot';
import { PathSchema } from '../../contract/files.ts';
import { JsonFile } from '../../files/json-file.ts';

/** graphics-card.json in the data folder: the Python that a person has chosen to train with. */
const GraphicsCardSchema = v.strictObject({ python: v.exactOptional(PathSchema) });
export type GraphicsCardFile = v.InferOutput<typeof GraphicsCardSchema>;

export function graphicsCardFile(dataFolder: string): JsonFile<GraphicsCardFile> {
  return new JsonFile(join(dataFolder, 'graphics-card.json'), 1, GraphicsCardSchema);
}
