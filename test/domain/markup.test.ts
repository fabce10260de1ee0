import { describe, expect, it } from 'vitest';
import { joined, markup } from '../../electron/domain/markup.ts';

describe('markup', () => {
  it('escapes what is put in, so that it can end neither a text nor an attribute', () => {
    const name = `<b class='x' id="y">&`;
    expect(String(markup`<p title="${name}">${name}</p>`)).toBe(
      '<p title="&lt;b class=&#39;x&#39; id=&quot;y&quot;&gt;&amp;">&lt;b class=&#39;x&#39; id=&quot;y&quot;&gt;&amp;</p>',
    );
  });

  it('takes markup in as it is, once escaped, and lists of either', () => {
    const cells = ['<', 1, markup`<i>${'>'}</i>`, undefined, ['a', markup`<br>`]];
    expect(String(markup`<p>${cells}</p>`)).toBe('<p>&lt;1<i>&gt;</i>a<br></p>');
  });

  it('shows what XML has no place for as what cannot be shown', () => {
    expect(String(markup`${'a\u0000b\u001f\tc\n'}`)).toBe('a\ufffdb\ufffd\tc\n');
  });

  it('joins pieces but those with nothing in them', () => {
    expect(String(joined([markup`<p>`, markup`${undefined}`, markup`</p>`], '\n'))).toBe('<p>\n</p>');
  });
});
