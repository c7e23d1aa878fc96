// Prints the bill of materials of an installation, in CycloneDX: its jars, the npm packages that are part of them, and its Java
// runtime. Part of bin/package, which runs it in the source directory after the build.
//
//   node sbom.mjs DIRECTORY

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const home = process.argv[2]

/** The folders whose npm packages the build puts into jars. */
const npmFolders = { 'admin/dashboard': 'hasten-admin', 'query-compiler': 'hasten-query-compiler' }

/** For packages that declare no license; NOTICE names it. */
const licenses = { '@prisma/query-compiler-wasm': 'Apache-2.0' }

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Packages for development are not shipped. */
function npmComponents(folder) {
  return Object.entries(readJson(join(folder, 'package-lock.json')).packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version, license, integrity }]) => {
      const fullName = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      const [name, group] = fullName.split('/').reverse()
      const purl = `pkg:npm/${group ? `${encodeURIComponent(group)}/` : ''}${name}@${encodeURIComponent(version)}`
      const [algorithm, hash] = integrity.split('-')
      if (algorithm !== 'sha512') throw new Error(`${fullName}: expected an integrity with sha512, not ${algorithm}`)
      return {
        type: 'library',
        'bom-ref': purl,
        ...(group && { group }),
        name,
        version,
        hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }],
        licenses: [{ license: { id: license ?? licenses[fullName] } }],
        purl,
      }
    })
}

function javaRuntime() {
  const { stderr } = spawnSync(join(home, 'java', 'bin', 'java'), ['-XshowSettings:properties', '-version'], { encoding: 'utf8' })
  const value = (key) => stderr.match(new RegExp(`^ *${key} = (.*)$`, 'm'))[1]
  const version = value('java.runtime.version')
  return {
    type: 'platform',
    'bom-ref': `java-runtime@${version}`,
    supplier: { name: value('java.vendor') },
    name: 'java-runtime',
    version,
    description: `Java runtime made by jlink from ${value('java.vendor.version')}`,
    licenses: [{ expression: 'GPL-2.0-only WITH Classpath-exception-2.0' }],
  }
}

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** The jars of the installation. Maven lists those of both processor architectures, but only one is installed. */
function jars(listed) {
  const byHash = new Map(listed.flatMap((it) => (it.hashes ?? []).map(({ content }) => [content, it])))
  return ['lib', 'lib/postgres'].flatMap((folder) =>
    readdirSync(join(home, folder))
      .filter((file) => file.endsWith('.jar'))
      .sort()
      .map((file) => {
        const component = byHash.get(sha256(join(home, folder, file)))
        if (!component) throw new Error(`${file} is not in Maven's bill of materials`)
        return component
      }),
  )
}

const bom = readJson('admin/target/bom.json')
const admin = bom.metadata.component
const { version } = admin
const adminJar = join(home, 'lib', `${admin.name}-${version}.jar`)
const listed = [{ ...admin, hashes: [{ alg: 'SHA-256', content: sha256(adminJar) }] }, ...bom.components]
const components = jars(listed)
const dependencies = new Map(bom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]))

for (const [folder, jar] of Object.entries(npmFolders)) {
  const packages = npmComponents(folder)
  dependencies.get(components.find(({ name }) => name === jar)['bom-ref']).push(...packages.map((it) => it['bom-ref']))
  components.push(...packages)
}

const java = javaRuntime()
components.push(java)
const hasten = { type: 'application', 'bom-ref': `hasten@${version}`, name: 'hasten', version, licenses: admin.licenses }
dependencies.set(hasten['bom-ref'], [admin['bom-ref'], java['bom-ref']])

// Without a serial number and with a given time, so that the result is reproducible.
delete bom.serialNumber
const present = new Set([hasten, ...components].map((it) => it['bom-ref']))
bom.metadata = { timestamp: new Date(process.env.SOURCE_DATE_EPOCH * 1000).toISOString(), tools: bom.metadata.tools, component: hasten }
bom.components = components
bom.dependencies = [...present].sort().map((ref) => ({
  ref,
  dependsOn: [...new Set(dependencies.get(ref) ?? [])].filter((it) => present.has(it)).sort(),
}))
console.log(JSON.stringify(bom, null, 2))
