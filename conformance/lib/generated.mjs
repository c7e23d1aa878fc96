// Generated clients, which are kept until something that they depend on changes.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/**
 * Fills the folder `output` by calling `write`, unless it was filled from the same inputs before.
 * @param home folder with the package-lock.json of the generator
 * @param script URL of the script that calls the generator
 * @param inputs the schema and the options
 */
export async function generateOnce({ output, home, script, inputs }, write) {
  const files = [path.join(home, 'package-lock.json'), new URL(script)].map((file) => fs.readFileSync(file, 'utf8'))
  const digest = createHash('sha256').update(JSON.stringify([output, inputs, files])).digest('hex')
  const digestFile = `${output}.sha256`
  if (fs.existsSync(digestFile) && fs.readFileSync(digestFile, 'utf8') === digest) return
  fs.rmSync(digestFile, { force: true })
  fs.rmSync(output, { recursive: true, force: true })
  fs.mkdirSync(output, { recursive: true })
  await write()
  fs.writeFileSync(digestFile, digest)
}
