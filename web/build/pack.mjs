// Packs web/dist into the one file web/dist/pages.bin that the program carries inside itself (src/http/web.cpp reads it).
//
// A first line "zhijia-pages N", then N lines "address TAB type TAB encoding TAB etag TAB size" in the order of the bytes
// that follow them. A file that compresses well is there three times: as it is, by gzip and by Brotli.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

const files = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })

const dist = new URL('../dist', import.meta.url).pathname
const lines = []
const bodies = []
for (const path of files(dist).sort()) {
  const type = types[extname(path)]
  if (path.endsWith('pages.bin')) continue
  if (!type) throw new Error(`${path}: no type is known for this kind of file; add it to web/build/pack.mjs`)
  const plain = readFileSync(path)
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 20)
  const add = (encoding, body) => {
    lines.push(['/' + relative(dist, path), type, encoding, etag, body.length].join('\t'))
    bodies.push(body)
  }
  add('identity', plain)
  if (type === 'image/png' || plain.length < 512) continue
  add('gzip', gzipSync(plain, { level: 9 }))
  add('br', brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
}
writeFileSync(join(dist, 'pages.bin'), Buffer.concat([Buffer.from(`zhijia-pages ${lines.length}\n${lines.join('\n')}\n`), ...bodies]))
console.log(`web/dist/pages.bin: ${lines.length} parts, ${Math.round(bodies.reduce((sum, body) => sum + body.length, 0) / 1024)} KB`)
