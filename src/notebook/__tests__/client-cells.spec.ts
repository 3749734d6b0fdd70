import { clientCell, nearCell } from '../client-cells';

const oregon = {
  gateway: 'aws-oregon',
  name: 'abc',
  region: 'aws:us-west-2'
};
const iowa = { gateway: 'gcp iowa', name: 'def', region: 'gcp:us-central1' };

describe('clientCell', () => {
  it('should attach to one cluster as client', () => {
    expect(clientCell([oregon])).toEqual({
      cell_type: 'code',
      source: [
        'import multicloud_lab as mcl',
        '',
        'client = mcl.client(cluster="abc")  # in aws:us-west-2',
        'client'
      ].join('\n')
    });
  });

  it('should give several clusters a variable each', () => {
    const { source } = clientCell([
      oregon,
      iowa,
      { ...oregon, name: 'ghi' },
      { ...oregon, gateway: 'aws_oregon', name: 'jkl' }
    ]);
    expect(source.split('\n').slice(2)).toEqual([
      'client_aws_oregon = mcl.client(cluster="abc")  # in aws:us-west-2',
      'client_gcp_iowa = mcl.client(cluster="def")  # in gcp:us-central1',
      'client_aws_oregon_2 = mcl.client(cluster="ghi")  # in aws:us-west-2',
      'client_aws_oregon_3 = mcl.client(cluster="jkl")  # in aws:us-west-2'
    ]);
  });

  it('should detach without attaching first, before it attaches to others', () => {
    const { source } = clientCell([iowa], [oregon]);
    expect(source.split('\n').slice(2)).toEqual([
      'mcl.detach("abc")  # in aws:us-west-2, where it goes on',
      'client = mcl.client(cluster="def")  # in gcp:us-central1',
      'client'
    ]);
  });

  it('should not let a name end its literal', () => {
    const name = 'a"); import os\n#\\ \u2028';
    const { source } = clientCell([{ ...oregon, name }]);
    expect(source).toContain(
      'client = mcl.client(cluster="a\\"); import os\\n#\\\\ \u2028")  # in'
    );
    expect(nearCell(name).source.split('\n').length).toBe(4);
  });
});
