/** Addresses of data in texts and in folders: what is one, and what of a file could be opened. */

/** What a URL of data in a cloud begins with. */
const CLOUD = /^(s3a?|gs|gcs|az|abfss?|adl):\/\/[^\s/]+\/?/i;

/** Endings of data behind a web address, which may be anything else. */
const WEB = /^https?:\/\/\S+\.(zarr|nc4?|h5|hdf5|parquet)\/?([?#]\S*)?$/i;

/** What text around a URL is not of it: quotes, brackets, the end of a sentence. */
const AROUND = /^[\s"'`<([{]+|[\s"'`>)\]},;:.!]+$/g;

/** Longest text that a URL is looked for in. */
const LONGEST = 2_000;

/** What a URL does not have in it: words of a text, or of code, are parted by it. */
const BETWEEN = /[\s"'`<>]+/;

/** The one URL of data that is in a text; null if there is none, or more. */
export function cloudUrl(text: string): string | null {
  const words = text.length > LONGEST ? [] : text.split(BETWEEN);
  const urls = words
    .map(word => word.replace(AROUND, ''))
    .filter(bare => CLOUD.test(bare) || WEB.test(bare));
  return new Set(urls).size === 1 ? urls[0] : null;
}

/** Files that everybody has and that hold settings, by their names without the ending. */
const SETTINGS =
  /^(\..*|.*\.config|package(-lock)?|[jt]sconfig.*|composer|manifest|settings|overrides|launch|tasks|environment.*|conda.*|mkdocs|_config|_toc|(docker-)?compose.*|codecov|readthedocs|pnpm-lock|install|page_config)$/i;

/** Whether a file, or a folder, is data that can be opened, as its ending says. */
export function isData(path: string): boolean {
  return /\.(zarr|nc4?|cdf|h5|hdf5|he5)$/i.test(path);
}

/** Whether a file may be a catalog or, in JSON, references of kerchunk: only its content says. */
export function mayBeCatalog(path: string): boolean {
  const [, stem] = /([^/]*)\.(?:ya?ml|json)$/i.exec(path) ?? [];
  return stem !== undefined && !SETTINGS.test(stem);
}

/** Whether a file is JSON. */
export function isJson(path: string): boolean {
  return /\.json$/i.test(path);
}

/** What the content of a file is to the lab. */
export type FileKind = 'references' | 'catalog';

/**
 * What JSON is: references of kerchunk, a catalog of a format that the lab reads, or nothing to it.
 *
 * @param content - Of the file.
 */
export function kindOfJson(content: unknown): FileKind | null {
  const items = Array.isArray(content) ? content : [content];
  const whole = items[0] as Record<string, unknown> | null | undefined;
  if (typeof whole !== 'object' || whole === null) {
    return null;
  }
  const has = (...keys: string[]) => keys.some(key => key in whole);
  const keys = Object.keys((whole.refs ?? whole) as object);
  if (keys.some(key => /(^|\/)(\.zgroup|\.zarray|zarr\.json)$/.test(key))) {
    return 'references';
  }
  return has('esmcat_version', 'stac_version', 'conformsTo', 'Resources') ||
    has('sources', 'entries') ||
    (whole.type === 'FeatureCollection' && has('features'))
    ? 'catalog'
    : null;
}

/** Whether YAML is a catalog of a format that the lab reads, as far as its outermost keys tell. */
export function isYamlCatalog(text: string): boolean {
  return (
    /^["']?(sources|entries|data|aliases|Resources)["']?\s*:/m.test(text) ||
    /^\{\s*["']?(sources|version)\b/.test(text)
  );
}

/** The name that a catalog gets from its file: what configurations allow. */
export function catalogName(path: string): string {
  const stem = path
    .split('/')
    .pop()!
    .replace(/\.\w+$/, '');
  const name = stem
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, 60) || 'catalog';
}

/**
 * The first URL in a cloud that kerchunk's references lead to; null if there is none.
 *
 * @param content - Of the JSON file.
 */
export function firstReference(content: unknown): string | null {
  const { refs = content, templates = {} } = (content ?? {}) as {
    refs?: unknown;
    templates?: Record<string, unknown>;
  };
  for (const value of Object.values((refs ?? {}) as object)) {
    if (Array.isArray(value) && typeof value[0] === 'string') {
      const url = value[0].replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) =>
        String(templates[name] ?? '')
      );
      if (CLOUD.test(url) || url.startsWith('https://')) {
        return url;
      }
    }
  }
  return null;
}
