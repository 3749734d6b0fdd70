import {
  catalogName,
  cloudUrl,
  firstReference,
  isData,
  mayBeCatalog
} from '../addresses';

describe('cloudUrl', () => {
  it.each([
    ['s3://bucket/a.zarr', 's3://bucket/a.zarr'],
    ['  "gs://bucket/path",\n', 'gs://bucket/path'],
    ["('az://container/x.nc').", 'az://container/x.nc'],
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
    expect(['a.zarr', 'b.nc', 'c.H5', 'refs.json'].every(isData)).toBe(true);
    expect(isData('a.py')).toBe(false);
    expect(['a.yml', 'b.yaml', 'c.json'].every(mayBeCatalog)).toBe(true);
    expect(mayBeCatalog('a.nc')).toBe(false);
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
