import {
  catalogName,
  cloudUrl,
  firstReference,
  isData,
  isYamlCatalog,
  kindOfJson,
  mayBeCatalog
} from '../addresses';

describe('cloudUrl', () => {
  it.each([
    ['s3://bucket/a.zarr', 's3://bucket/a.zarr'],
    ['  "gs://bucket/path",\n', 'gs://bucket/path'],
    ["('az://container/x.nc').", 'az://container/x.nc'],
    ['URL = "s3://bucket/a.zarr"  # here', 's3://bucket/a.zarr'],
    ['abfs://c@account.dfs.core.windows.net/x', undefined],
    ['https://x.org/data/a.zarr/', 'https://x.org/data/a.zarr/'],
    ['https://x.org/a.nc?sig=1', 'https://x.org/a.nc?sig=1']
  ])('should find %j', (text, url) => {
    expect(cloudUrl(text)).toBe(url ?? text);
  });

  it.each([
    '',
    'https://x.org/page.html',
    's3://',
    'gs://a/b gs://c/d',
    'javascript://a',
    'file:///etc/passwd',
    `s3://b/${'x'.repeat(3000)}`
  ])('should take %j for none', text => {
    expect(cloudUrl(text)).toBeNull();
  });
});

describe('files', () => {
  it('should be data, or catalogs, by their names', () => {
    expect(['a.zarr', 'b.nc', 'c.H5'].every(isData)).toBe(true);
    expect(['a.py', 'refs.json'].some(isData)).toBe(false);
    expect(['x/a.yml', 'b.yaml', 'aws-cesm.json'].every(mayBeCatalog)).toBe(
      true
    );
    expect(mayBeCatalog('a.nc')).toBe(false);
  });

  it.each([
    'package.json',
    'x/package-lock.json',
    'tsconfig.test.json',
    'environment.yml',
    '.pre-commit-config.yaml',
    'docker-compose.yml'
  ])('should offer nothing on %s', path => {
    expect(isData(path) || mayBeCatalog(path)).toBe(false);
  });

  it.each([
    [{ version: 1, refs: { '.zgroup': '{}' } }, 'references'],
    [{ '.zgroup': '{}', 'a/.zarray': '{}' }, 'references'],
    [{ 'a/zarr.json': {} }, 'references'],
    [{ esmcat_version: '0.1.0', assets: {} }, 'catalog'],
    [{ stac_version: '1.0.0', type: 'Catalog' }, 'catalog'],
    [{ type: 'FeatureCollection', features: [] }, 'catalog'],
    [{ sources: {} }, 'catalog'],
    [[{ Resources: [] }], 'catalog'],
    [{ name: 'multicloud-lab', version: '0.1.0', files: [] }, null],
    [{ type: 'Feature' }, null],
    [[], null],
    [null, null],
    ['text', null],
    [{ refs: null }, null]
  ])('should tell what JSON is by what is in it: %j', (content, kind) => {
    expect(kindOfJson(content)).toBe(kind);
  });

  it('should tell what YAML is by its outermost keys', () => {
    expect(isYamlCatalog('metadata:\n  version: 1\nsources:\n  a: 1')).toBe(
      true
    );
    expect(isYamlCatalog('version: 2\ndata: {}\n')).toBe(true);
    expect(isYamlCatalog('Name: ERA5\nResources:\n')).toBe(true);
    expect(isYamlCatalog('name: pangeo\ndependencies:\n  - sources:')).toBe(
      false
    );
  });

  it('should give catalogs names that can begin an id', () => {
    expect(catalogName('x/My catalog (2).yaml')).toBe('My-catalog-2-');
    expect(catalogName('.yaml')).toBe('catalog');
  });
});

describe('firstReference', () => {
  it('should be the first address in a cloud', () => {
    expect(
      firstReference({
        version: 1,
        templates: { u: 's3://bucket' },
        refs: {
          '.zgroup': '{}',
          'a/0': ['{{u}}/x.nc', 0, 9],
          'a/1': ['gs://other/x.nc', 0, 9]
        }
      })
    ).toBe('s3://bucket/x.nc');
    expect(firstReference({ 'a/0': ['https://x.org/a.nc'] })).toBe(
      'https://x.org/a.nc'
    );
  });

  it('should be none where nothing leads out of this machine', () => {
    for (const odd of [null, 3, [], { refs: null }, { 'a/0': ['/x.nc'] }]) {
      expect(firstReference(odd)).toBeNull();
    }
  });
});
