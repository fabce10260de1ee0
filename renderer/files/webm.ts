import { BufferTarget, canEncodeVideo, Output, VideoSample, VideoSampleSource, WebMOutputFormat } from 'mediabunny';
import { StudioError } from '../../electron/domain/errors.ts';
import { next, stopped, type FilmPlan, type FilmWatch } from './film-files.ts';

const CODEC = 'vp9';
const BITS_PER_SECOND = 4_000_000;

/**
 * A WebM film, encoded as fast as the browser can.
 * @throws StudioError `refused` where this browser encodes no such film, `stopped`
 */
export async function webmOf({ frames, count, framesPerSecond }: FilmPlan, watch: FilmWatch): Promise<ArrayBuffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new VideoSampleSource({ codec: CODEC, bitrate: BITS_PER_SECOND });
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  let index = 0;
  try {
    for (const { width, height, data } of frames) {
      if (index === 0) {
        await checkEncodes(width, height);
        await output.start();
      }
      const [timestamp, duration] = [index / framesPerSecond, 1 / framesPerSecond];
      const sample = new VideoSample(data, {
        format: 'RGBA',
        codedWidth: width,
        codedHeight: height,
        timestamp,
        duration,
      });
      await source.add(sample);
      sample.close();
      index++;
      await next(watch, index / count);
    }
    if (index === 0) throw new StudioError('bad-request', 'Expected at least one frame to film, found none.');
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  // The encoder's last frames take their time too.
  if (watch.signal.aborted) throw stopped();
  return target.buffer!;
}

async function checkEncodes(width: number, height: number): Promise<void> {
  if (await canEncodeVideo(CODEC, { width, height, bitrate: BITS_PER_SECOND })) return;
  const film = `WebM (VP9) of ${width} × ${height} pixels`;
  throw new StudioError('refused', `Expected a browser that encodes ${film}, found one that does not: take the GIF.`);
}
