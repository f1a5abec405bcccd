import { spawn } from 'node:child_process'
import { type CampaignReport, mergeReports } from '@stayward/core/testing'

export interface Share {
  readonly seed: number
  readonly runs: number
}

/** As many nearly equal shares of a campaign's seeds as there are workers. */
export function sharesOf({ seed, runs }: Share, workers: number): readonly Share[] {
  const bounds = Array.from({ length: workers + 1 }, (_, index) => seed + Math.floor((runs * index) / workers))
  return bounds.slice(1).flatMap((end, index) => {
    const start = bounds[index] ?? end
    return end > start ? [{ seed: start, runs: end - start }] : []
  })
}

export interface Workforce {
  readonly shares: readonly Share[]
  readonly program: string
  readonly more: readonly string[]
  /** Each worker keeps how far it is beside this file, under its number: `campaign.json.1`. */
  readonly resume?: string
}

/**
 * Plays a campaign in processes of their own and puts together what they found; times are sums, so runs per second stay
 * those of one core. Processes and no threads: a run keeps one of them busy, and a crash of one is seen.
 */
export async function withWorkers({ shares, program, more, resume }: Workforce): Promise<CampaignReport> {
  const reports = await Promise.all(
    shares.map(({ seed, runs }, index) => {
      const part = resume === undefined ? [] : ['--resume', `${resume}.${index + 1}`]
      return played(program, ['--seed', `${seed}`, '--runs', `${runs}`, '--report', ...part, ...more])
    }),
  )
  return mergeReports(reports)
}

async function played(program: string, args: readonly string[]): Promise<CampaignReport> {
  return JSON.parse(await lineOf(program, args)) as CampaignReport // as main.ts writes it for --report
}

/** What a program of ours prints. */
export function lineOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (code) => {
      const text = Buffer.concat(output).toString()
      if (text === '') failed(new Error(`A worker ended with ${code} and no report.`))
      else done(text)
    })
  })
}
