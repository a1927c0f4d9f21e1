import { createConsole } from '../console/server.js';
import { milliseconds, whole } from './arguments.js';
import { Problem } from './problem.js';

export async function run({ options, connection, out, err, process }) {
  const port = whole(options.port ?? '7378', '--port', 0, 65_535);
  const life = options['qr-life'] === undefined ? undefined : milliseconds(options['qr-life'], '--qr-life');
  const { edition, version } = await connection.repository.version();
  const info = { place: await connection.looks.name(), edition, version, database: !connection.key };
  const { server, token } = createConsole({ connection, readOnly: options['read-only'], life, info });

  await new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Problem(`port ${port} is taken`, {
              advice: 'it may be another console; --port N takes another, --port 0 any that is free',
            })
          : new Problem(`cannot listen on 127.0.0.1:${port}: ${error.code}`),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  out.line(`http://127.0.0.1:${server.address().port}/?token=${token}`);

  if (options['read-only']) err.line('It ends no session. It still shows QR codes, and a QR code is a login.');

  return new Promise((resolve) => {
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
      ['SIGHUP', 1],
    ]) {
      process.once(signal, () => {
        server.close();
        server.closeAllConnections();
        resolve(128 + number);
      });
    }
  });
}
