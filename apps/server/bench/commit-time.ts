import pg from 'pg'
import { percentile } from './percentile.ts'

/** The yardstick of everything that waits for the disk: how long one small durable write takes by itself. */
export interface CommitTime {
  /** The middle of a second's worth of writes, in milliseconds. */
  read(): Promise<number>
  stop(): Promise<void>
}

export async function openCommitTime(databaseUrl: string): Promise<CommitTime> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await client.query(
    'create table bench_commit (id bigint generated always as identity primary key, word text not null)',
  )
  return {
    read: async () => {
      const times: number[] = []
      for (const end = performance.now() + 1000; performance.now() < end; ) {
        const begun = performance.now()
        await client.query({ name: 'commit', text: 'insert into bench_commit (word) values ($1)', values: ['a word'] })
        times.push(performance.now() - begun)
      }
      return percentile(Float64Array.from(times).sort(), 0.5)
    },
    stop: () => client.end(),
  }
}
