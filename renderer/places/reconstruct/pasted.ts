import type { HandedFile } from '../../../electron/contract/files.ts';

/** The pictures in a clipboard. A copied picture has no name of its own, so it gets one that says where it came from. */
export function pastedPictures(files: Iterable<File>, now = new Date()): readonly HandedFile[] {
  const pictures = [...files].filter(({ type }) => type.startsWith('image/'));
  return pictures.map((file, index) => {
    const path = file.name === 'image.png' || file.name === '' ? pastedName(now, index) : file.name;
    return { file: path === file.name ? file : new File([file], path, { type: file.type }), path };
  });
}

const two = (value: number) => String(value).padStart(2, '0');

function pastedName(now: Date, index: number): string {
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('-');
  return `pasted ${time}${index > 0 ? ` ${index + 1}` : ''}.png`;
}
