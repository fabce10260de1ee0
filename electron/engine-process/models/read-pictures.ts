import type { PictureOptions } from '../../contract/models.ts';
import { decodeItem, inOrder, reasonOf } from '../../dataset/import/read-item.ts';
import type { SourceItem } from '../../dataset/import/source.ts';
import { thisMachine } from '../../dataset/import/system.ts';
import { MOST_SHOWN, preparePicture, type Manner, type PreparedPicture } from './prepare-picture.ts';

/** More pictures at once are shown as thumbnails: sixty-four large originals would be 12 MB. */
const FEW = 8;

/** A picture that was read, or what is wrong with it, in words that follow its name. */
export type ReadPicture = { readonly name: string } & (
  | { readonly kind: 'picture'; readonly prepared: PreparedPicture }
  | { readonly kind: 'problem'; readonly message: string }
);

/** Reads, decodes and prepares pictures, in their order; what is wrong with one is part of the answer. */
export async function readPictures(
  items: readonly SourceItem[],
  manner: Manner,
  options: PictureOptions,
): Promise<ReadPicture[]> {
  const pictures: ReadPicture[] = [];
  const mostShown = items.length <= FEW ? MOST_SHOWN.few : MOST_SHOWN.many;
  const read = async (item: SourceItem): Promise<ReadPicture> => {
    const { name } = item;
    try {
      // As the import does: a file becomes the same image, dropped or imported.
      const { picture } = await decodeItem(item, manner.preparation);
      return { name, kind: 'picture', prepared: preparePicture(picture, manner, options, mostShown) };
    } catch (error) {
      return { name, kind: 'problem', message: reasonOf(error, name) };
    }
  };
  for await (const picture of inOrder(items, thisMachine.atOnce, read)) pictures.push(picture);
  return pictures;
}
