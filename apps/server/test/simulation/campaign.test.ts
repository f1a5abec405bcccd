import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const program = join(import.meta.dirname, '../../simulation/main.ts')

function simulate(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@stayward/source', program, '--json', ...args],
    { encoding: 'utf8' },
  )
  return { status, stderr, report: stdout === '' ? undefined : (JSON.parse(stdout) as Report) } // as main.ts prints it
}
interface Report {
  readonly runs: number
  readonly faults: Readonly<Record<string, number>>
  readonly invariants: Readonly<Record<string, number>>
}
const whatWasSeen = ({ report }: ReturnType<typeof simulate>) => [report?.runs, report?.faults, report?.invariants]

describe('a campaign of the simulated world', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'campaign-')), 'campaign.json')

  it('is put down and taken up again by workers, and sees what it would have seen in one go', () => {
    const whole = whatWasSeen(simulate('--seed', '11', '--runs', '6'))
    simulate('--seed', '11', '--runs', '1', '--resume', `${file}.1`)
    expect(whatWasSeen(simulate('--seed', '11', '--runs', '6', '--workers', '2', '--resume', file))).toEqual(whole)
  }, 120_000)

  it('does not go on with what another one left', () => {
    const other = simulate('--seed', '12', '--runs', '2', '--resume', `${file}.1`)
    expect(other).toMatchObject({ status: 2, report: undefined })
    expect(other.stderr).toContain('it began with seed 11')
  }, 120_000)
})
