import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { type VendorExchange, watchExchanges } from '../../packages/core/src/testing/index.ts'
import { afterAll } from 'vitest'
import { type Exchange, recordingFolder } from './exchange.ts'

/** Set up before each test file of a recording run: everything that passes between an adapter and its fake is kept. */
const folder = process.env[recordingFolder]
if (folder === undefined) throw new Error(`${recordingFolder} names no folder to record into`)

const written: Promise<Exchange>[] = []
const stop = watchExchanges((exchange) => written.push(textOf(exchange)))

afterAll(async () => {
  stop()
  const lines = (await Promise.all(written)).map((exchange) => JSON.stringify(exchange))
  if (lines.length > 0) appendFileSync(join(folder, `${randomUUID()}.jsonl`), `${lines.join('\n')}\n`)
})

async function textOf({ request, response }: VendorExchange): Promise<Exchange> {
  const [body, answer] = await Promise.all([request.text(), response.text()])
  const answerType = response.headers.get('content-type')
  return {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    ...(body === '' ? {} : { body }),
    status: response.status,
    ...(answerType === null ? {} : { answerType }),
    ...(answer === '' ? {} : { answer }),
  }
}
