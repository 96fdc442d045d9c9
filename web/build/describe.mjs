// The interface's description less what is repeated for every register, into web/openapi.json: node build/describe.mjs ADDRESS
import { writeFileSync } from 'node:fs'

const description = await (await fetch(process.argv[2] + '/api/openapi.json')).json()
const one = 'winter_visit' // stands for every register: a flow, links, a person, money, a day
const isOther = (text) => /\/registers\/(?!\{)/.test(text) && !text.includes(`/registers/${one}/`)
for (const path of Object.keys(description.paths)) if (isOther(path)) delete description.paths[path]
const { schemas } = description.components
for (const name of Object.keys(schemas))
  if (/^(record|write|values)_/.test(name) && !name.endsWith('_' + one)) delete schemas[name]
writeFileSync(new URL('../openapi.json', import.meta.url), JSON.stringify(description, null, 1) + '\n')
