import { parseArgs } from 'node:util'
import { benchIdle } from './idle.ts'
import { benchIntake } from './intake.ts'
import { benchQueue } from './queue.ts'
import { publish, tell } from './report.ts'
import { benchSettle } from './settle.ts'

const benches = { intake: benchIntake, settle: benchSettle, idle: benchIdle, queue: benchQueue }
const help = `npm run bench -- <name> [--json] [--seconds 5]
  intake   webhooks in: durable acknowledgements per second against three yardsticks
  settle   from a webhook to the first call at the vendor, and to the confirmed code
  idle     what a thousand houses cost when nothing happens
  queue    the set of keys to look at: marking, fairness, takeover, a million parked timers`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '5' } },
})
const [name = ''] = positionals
const seconds = Number(values.seconds)
if (!(name in benches) || !(seconds > 0)) {
  tell(help)
  process.exitCode = 2
} else {
  const report = await benches[name as keyof typeof benches]({ seconds }) // it is among them, as was just checked
  process.exitCode = publish(report, { json: values.json })
}
