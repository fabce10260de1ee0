import type { ExportFormatId } from '../../domain/export-formats.ts';
import type { FormatWriter } from './exported-model.ts';
import { htmlWriter } from './html/html-writer.ts';
import { kerasH5Writer, kerasWriter } from './keras/keras-writer.ts';
import { onnxWriter } from './onnx/onnx-writer.ts';
import { torchWriter } from './pytorch/torch-writer.ts';
import { savedModelWriter } from './saved-model/saved-model-writer.ts';
import { tfjsWriter } from './tfjs.ts';
import { npzWriter, safetensorsWriter } from './weights-alone.ts';

/** Who writes each format: one file a format. */
export const formatWriters: Readonly<Record<ExportFormatId, FormatWriter>> = {
  tfjs: tfjsWriter,
  onnx: onnxWriter,
  keras: kerasWriter,
  h5: kerasH5Writer,
  'saved-model': savedModelWriter,
  pytorch: torchWriter,
  safetensors: safetensorsWriter,
  npz: npzWriter,
  html: htmlWriter,
};
