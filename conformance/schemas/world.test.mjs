// The schemas have what they are for, and their rows satisfy all constraints.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readModels } from './models.mjs'
import { readSource, SCHEMAS } from './source.mjs'
import { World } from './world.mjs'

for (const file of SCHEMAS) {
  const source = readSource(file)
  const models = await readModels(file, source.schemaFor())
  const world = new World(models)
  const all = [...models.values()]
  const relations = all.flatMap((model) => model.relations.map((relation) => ({ ...relation, model })))

  test(`${source.title} has at least 50 models and every kind of key and relation`, () => {
    assert(all.length >= 50)
    assert(all.some(({ keys }) => keys[0].fields.length > 2))
    assert(all.every(({ name, table, fields }) => name !== table && fields.some(({ dbName }) => dbName)))
    const self = relations.filter(({ model, target }) => model === target)
    assert(self.some(({ isManyToMany }) => isManyToMany))
    assert(self.some(({ isList, isManyToMany }) => isList && !isManyToMany))
    assert(self.some(({ isList, holdsKey }) => !isList && !holdsKey))
    assert(relations.some(({ isRequired, isList }) => isRequired && !isList))
    assert(relations.some(({ from }) => from.length > 1))
  })

  test(`every row of ${source.title} has its parents, and they are created before it`, () => {
    for (const { model, target, isRequired, from, to } of relations.filter(({ holdsKey }) => holdsKey)) {
      if (isRequired && model !== target) assert(world.order.indexOf(target) < world.order.indexOf(model))
      for (const row of world.rows.get(model)) {
        if (!isRequired && from.some((name) => row[name] === null)) continue
        assert(world.parentOf(row, { target, from, to }), `${model.name}.${from}`)
      }
    }
  })

  test(`new rows of ${source.title} differ from the others in every key`, () => {
    for (const model of all) {
      const rows = [...world.rows.get(model)]
      for (let i = 0; i < 3; i++) rows.push(world.fresh(model, i, { beside: rows }))
      for (const { fields } of model.keys) {
        const values = rows.map((row) => fields.map((name) => row[name])).filter((key) => !key.includes(null))
        const texts = values.map((key) => key.map((part) => part.toJSON?.() ?? String(part)).join('\0'))
        assert.equal(new Set(texts).size, texts.length, `${model.name} ${fields}`)
      }
    }
  })
}
