import { createServer } from 'node:http'
import { serve } from './child-process.ts'
import { listenAnywhere } from './listen-anywhere.ts'

/** The least an HTTP server of Node's can do: reads nothing, stores nothing, answers as long as a webhook's answer is. */
const answer = '{"received":true}'
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
  res.end(answer)
})
const url = await listenAnywhere(server)
await serve(
  { url },
  () => Promise.resolve(null),
  () => Promise.resolve(),
)
