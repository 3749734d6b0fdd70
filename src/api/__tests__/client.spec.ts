import { FakeServer, page, refusal, row } from '../../__tests__/fake-server';
import { LabClient } from '../client';
import { ApiError } from '../request';

describe('LabClient', () => {
  let server: FakeServer;
  let client: LabClient;

  beforeEach(() => {
    server = new FakeServer();
    client = new LabClient(server.settings);
  });

  const failure = (promise: Promise<unknown>): Promise<ApiError> =>
    promise.then(
      () => {
        throw new Error('It should have failed.');
      },
      (error: ApiError) => error
    );

  it('should encode each part of a path once, slashes too', async () => {
    server.routes['GET datasets/a%2Fb%20c%25/placements'] = () => [];
    await expect(client.placements('a/b c%')).resolves.toEqual([]);
  });

  it('should ask for what is looked for, and leave out what is not said', async () => {
    server.routes['GET datasets'] = () => page([row('c/1')]);
    await client.datasets({
      text: '',
      region: ['gcp:*', 'unknown'],
      near: false,
      limit: 300,
      cursor: ''
    });
    expect([...server.calls[0].query]).toEqual([
      ['region', 'gcp:*'],
      ['region', 'unknown'],
      ['near', 'false'],
      ['limit', '300']
    ]);
  });

  it('should give up when it is told to', async () => {
    server.routes['GET datasets'] = () => new Promise(() => undefined);
    const abort = new AbortController();
    const failed = failure(client.datasets({}, abort.signal));
    abort.abort();
    await expect(failed).resolves.toMatchObject({ code: 'aborted' });
    expect(server.calls[0].signal.aborted).toBe(true);
  });

  it('should send nothing that the server does not know', async () => {
    server.routes['GET analyses'] = () => [];
    await client.analyses(['c/1', 'c/2']);
    expect([...server.calls[0].query]).toEqual([
      ['dataset', 'c/1'],
      ['dataset', 'c/2']
    ]);
  });

  it('should send a JSON body, and take an empty answer', async () => {
    server.routes['PATCH clusters/aws/x'] = ({ body }) => body;
    server.routes['DELETE clusters/aws/x'] = () =>
      new Response(null, { status: 204 });
    await expect(
      client.changeCluster('aws', 'x', { minimum: 0, maximum: 3 })
    ).resolves.toEqual({ minimum: 0, maximum: 3 });
    await expect(client.stopCluster('aws', 'x')).resolves.toBeUndefined();
  });

  it('should keep the code and the message of a refusal', async () => {
    server.routes['GET clusters'] = () =>
      refusal(409, 'sign-in-needed', 'Sign in first.');
    const error = await failure(client.clusters());
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'sign-in-needed',
      message: 'Sign in first.',
      status: 409
    });
  });

  it('should say that the extension is missing', async () => {
    const error = await failure(client.status());
    expect(error.code).toBe('extension-missing');
    expect(error.message).toContain('server extension enable');
  });

  it('should say what else answered', async () => {
    server.routes['GET status'] = () =>
      new Response('<html>', { status: 502, statusText: 'Bad Gateway' });
    const error = await failure(client.status());
    expect(error.code).toBe('unexpected-answer');
    expect(error.message).toContain('502 Bad Gateway');
  });

  it('should say that nothing answered', async () => {
    server.routes['GET status'] = () => {
      throw new TypeError('Failed to fetch');
    };
    const error = await failure(client.status());
    expect(error.code).toBe('server-unreachable');
  });
});
