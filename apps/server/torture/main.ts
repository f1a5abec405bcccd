import { parseArgs } from 'node:util'
import { torture } from './torture.ts'

const help = `npm run torture -- [--minutes 10] [--seed 1] [--json]
Real hub processes on a real PostgreSQL, killed once a second, their database cut and stopped, under load from vendors that
remember. At the end the vendors' truth is compared with what was acknowledged. Exit code 1 unless nothing is lost, nothing
is doubled without a reason and no key is stuck.`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
const tell = (line: string) => void process.stderr.write(`${line}\n`)
if (values.help || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  tell(help)
  process.exitCode = values.help ? 0 : 2
} else {
  const told = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => told.abort())
  const { verdict, figures, ok } = await torture({ minutes, seed, tell, signal: told.signal })
  const { lost, unaccountedDuplicates, stuckKeys } = verdict
  for (const line of [...lost, ...unaccountedDuplicates, ...stuckKeys]) tell(line)
  const counts = {
    lost: lost.length,
    unaccountedDuplicates: unaccountedDuplicates.length,
    stuckKeys: stuckKeys.length,
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ ok, minutes, seed, ...counts, ...figures })}\n`)
  else for (const [name, value] of Object.entries({ ...counts, ...figures })) tell(`${name}: ${JSON.stringify(value)}`)
  process.exitCode = ok ? 0 : 1
}
