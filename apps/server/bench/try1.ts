import { setTimeout as pause } from 'node:timers/promises'
import { cpuTime } from './cpu-time.ts'
import type { HubUse } from './hub-server.ts'
import type { ProfileSummary } from './profile.ts'
import { onStage } from './stage.ts'
import { startStays } from './stays.ts'
import { memoryConnections } from './vendors.ts'
const rate = Number(process.argv[2] ?? 5), count = Number(process.argv[3] ?? 60)
await onStage({ connections: memoryConnections, tenants: 5, doors: 10 }, async ({ database, house, startHub }) => {
  const stays = await startStays(house, database.ownerUrl)
  const hub = await startHub({ origins: stays.vendors.origins })
  stays.hubUrl = hub.ready.url
  const looks = async () => (await (await fetch(hub.ready.url + '/metrics')).text()).split('\n').filter((l) => l.startsWith('stayward_looks_total')).join(' ')
  for (let i = 0; i < 20; i++) await stays.bring()
  await stays.settled(); await pause(2000)
  console.log(await looks())
  const a = await hub.ask<HubUse>('use'), p = cpuTime(database.pid)!
  if (process.argv[4]) await hub.ask('profile')
  const t = performance.now()
  const all = []
  for (let i = 0; i < count; i++) { await pause(Math.max(0, t + i * 1000 / rate - performance.now())); all.push(stays.bring()) }
  const done = await Promise.all(all); await stays.settled(); 
  if (process.argv[4]) { const s = await hub.ask<ProfileSummary>('profiled'); console.log('busy', s.busy); for (const x of s.places) console.log((x.part*100).toFixed(1), x.what); console.log(); for (const x of s.functions) console.log((x.part*100).toFixed(1), x.what) }
  await pause(3000)
  const b = await hub.ask<HubUse>('use'), q = cpuTime(database.pid)!
  console.log(await looks())
  console.log('statements/booking', (b.statements - a.statements) / count, 'hub ms/booking', (b.processor - a.processor) * 1000 / count, 'pg ms/booking', (q - p) * 1000 / count, 'rss', b.rssBytes / 1e6)
  const s = (f: any) => { const x = done.map(f).sort((m: any, n: any) => m - n) as number[]; return [x[x.length >> 1], x[Math.floor(x.length * .99)]].map((v) => v!.toFixed(0)) }
  console.log('first', s((d: any) => d.called - d.acknowledged), 'confirmed', s((d: any) => d.confirmed - d.acknowledged))
  await hub.stop(); await stays.stop()
})
