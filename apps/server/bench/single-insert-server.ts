import { createServer } from 'node:http'
import pg from 'pg'
import { given, serve } from './child-process.ts'
import { listenAnywhere } from './listen-anywhere.ts'

/** What most webhook receivers are: one INSERT for each request, on a pool of 16 connections, then the answer. */
const { databaseUrl } = given() as { databaseUrl: string }
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 })
const answer = '{"received":true}'
const statement = {
  name: 'single',
  text: 'insert into bench_event (tenant_id, payload) values ($1, $2)',
}
const tenantId = '018f0000-0000-7000-8000-000000000001'

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    pool.query({ ...statement, values: [tenantId, Buffer.concat(chunks).toString()] }).then(
      () => {
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
        res.end(answer)
      },
      () => res.writeHead(503).end(),
    )
  })
})
await pool.query(`create table if not exists bench_event (
  id bigint generated always as identity primary key, tenant_id uuid not null, at timestamptz not null default now(),
  payload jsonb not null)`)
const url = await listenAnywhere(server)
await serve(
  { url },
  () => Promise.resolve(null),
  () => pool.end(),
)
