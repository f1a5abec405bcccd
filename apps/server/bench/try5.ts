import { startChild } from './child-process.ts'
import { cpuTime } from './cpu-time.ts'
import type { LoadResult } from './generator.ts'
const gen = await startChild<any>('generator.ts'), hello = await startChild<any>('hello-server.ts')
for (const rate of [200, 400, 1000, 2000]) {
  const a = [cpuTime(gen.pid)!, cpuTime(hello.pid)!]
  const r = await gen.ask<LoadResult>({ url: hello.ready.url, paths: ['/'], connections: 64, seconds: 3, rate })
  console.log(rate, r, [cpuTime(gen.pid)! - a[0]!, cpuTime(hello.pid)! - a[1]!])
}
console.log(await gen.ask<LoadResult>({ url: hello.ready.url, paths: ['/'], connections: 64, seconds: 3 }))
await gen.stop(); await hello.stop()
