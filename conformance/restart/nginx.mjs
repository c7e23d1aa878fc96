// A real nginx in front of servers.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { until } from '../lib/until.mjs'

/** Returns the nginx of this machine; extracts Debian's package, which needs no root, if there is none. */
function program(directory) {
  for (const candidate of ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx']) {
    if (fs.existsSync(candidate)) return candidate
  }
  const home = path.join(directory, 'package')
  fs.mkdirSync(home)
  execFileSync('sh', ['-c', 'apt-get -qq download nginx && dpkg -x nginx_*.deb .'], { cwd: home, stdio: 'pipe' })
  return path.join(home, 'usr/sbin/nginx')
}

/** Starts nginx with the `server` and `upstream` blocks of a configuration; returns a function that stops it and returns its log. */
export async function startNginx(directory, port, blocks) {
  fs.mkdirSync(directory)
  const file = path.join(directory, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`)
  // Its workers may run as another user.
  fs.chmodSync(path.dirname(directory), 0o711)
  fs.writeFileSync(
    file,
    `daemon off; pid ${directory}/pid; error_log ${directory}/error.log; worker_processes 2;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
${blocks}
}
`,
  )
  const nginx = spawn(program(directory), ['-c', file, '-p', directory], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [nginx.stdout, nginx.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = new Promise((resolve) => nginx.once('exit', resolve))
  await until(`nginx listens on ${port}`, async () => {
    if (nginx.exitCode !== null) throw new Error(`nginx has ended:\n${output}`)
    return fetch(`http://127.0.0.1:${port}/health`).then(
      () => true,
      () => false,
    )
  })
  return async () => {
    nginx.kill('SIGQUIT')
    await ended
    return fs.readFileSync(path.join(directory, 'error.log'), 'utf8')
  }
}
