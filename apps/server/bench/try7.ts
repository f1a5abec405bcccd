import { readFileSync, readdirSync, mkdirSync, rmSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { connections, onStage, smoobuConnections, startGenerator } from './stage.ts'
const seconds = Number(process.argv[2] ?? 6)
await onStage({ connections: smoobuConnections, tenants: 50 }, async (stage) => {
  const gen = await startGenerator(stage)
  const hub: any = await stage.startHub({ role: 'serve' })
  const paths = stage.house.tenants.map(({ path }) => path)
  await gen.send({ url: hub.ready.url, paths, connections, seconds: 4 })
  await hub.ask('profile')
  const r = await gen.send({ url: hub.ready.url, paths, connections, seconds })
  const s: any = await hub.ask('profiled')
  console.log(r, 'busy', s.busy)
  for (const x of s.places) console.log((x.part * 100).toFixed(1), x.what)
  console.log(); for (const x of s.functions) console.log((x.part * 100).toFixed(1), x.what)
  console.log(); for (const x of s.inclusive ?? []) console.log((x.part * 100).toFixed(1), x.what)
})
