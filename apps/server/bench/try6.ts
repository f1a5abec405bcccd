import { cpuTime } from './cpu-time.ts'
import { connections, onStage, smoobuConnections, startGenerator } from './stage.ts'
const seconds = Number(process.argv[2] ?? 2)
await onStage({ connections: smoobuConnections, tenants: 50 }, async (stage) => {
  const { database, house } = stage
  const gen = await startGenerator(stage)
  const hub: any = await stage.startHub({ role: 'serve' })
  const hello: any = await stage.start('hello-server.ts')
  const single: any = await stage.start('single-insert-server.ts', { databaseUrl: database.ownerUrl })
  const plain: any = await stage.start('plain-clients.ts', { databaseUrl: database.ownerUrl, payload: 'x'.repeat(2300) })
  const paths = house.tenants.map(({ path }) => path)
  const cost = async (name: string, pid: number, run: () => Promise<number>) => {
    const t = () => [cpuTime(gen.pid)!, cpuTime(pid)!, cpuTime(database.pid)!]
    const a = t(), n = await run(), b = t()
    const c = b.map((x, i) => Math.round(((x - a[i]!) * 1e6) / n))
    console.log(name.padEnd(8), 'gen/own/pg µs', c, 'total', c.reduce((x, y) => x + y), 'n', n)
  }
  for (let i = 0; i < 3; i++) {
    await cost('hello', hello.pid, async () => (await gen.send({ url: hello.ready.url, paths: ['/'], connections, seconds })).sent)
    await cost('single', single.pid, async () => (await gen.send({ url: single.ready.url, paths: ['/'], connections, seconds })).sent)
    await cost('hub', hub.pid, async () => (await gen.send({ url: hub.ready.url, paths, connections, seconds })).sent)
    await cost('plain16', plain.pid, async () => (await plain.ask({ clients: 16, seconds })) * (seconds + .5))
  }
})
