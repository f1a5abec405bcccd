/**
 * A vendor that remembers, for tests and the demo. Its state is plain JSON, its clock is given, nothing in it waits:
 * what a vendor does later (a gateway's sync, a delivery report) is worked out when somebody looks.
 */
export interface VendorFake<State = unknown> {
  /** Answers a request as the vendor would; 404 for an address it does not know. */
  respond(request: Request): Promise<Response>
  /** The whole memory, alive: change it to play the vendor's own people. */
  readonly state: State
  /** Webhooks that the vendor would have sent by now and has not yet, oldest first; asking takes them. */
  dueWebhooks(): readonly WebhookDelivery[]
}

/** A webhook on its way: what is POSTed to the address the tenant gave this vendor. */
export interface WebhookDelivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How a fake is made. `state` continues an earlier one; `now` is milliseconds since 1970. */
export interface FakeOptions<State> {
  readonly state?: State
  readonly now?: () => number
}

/** One request that reached a fake and what it answered: copies, to be read at leisure. */
export interface VendorExchange {
  readonly request: Request
  readonly response: Response
}

const watchers = new Set<(exchange: VendorExchange) => void>()

/**
 * Tells of every exchange with any fake from now on, before faults change it: to compare what an adapter sends and its fake
 * answers with the vendor's own description. Returns what ends it.
 */
export function watchExchanges(watcher: (exchange: VendorExchange) => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** Changes the fake's answers on their way from now on, or acts at the vendor right after one. */
export function changeAnswers(
  vendor: Pick<VendorFake, 'respond'>,
  change: (url: URL, answer: Response) => Response | Promise<Response>,
): void {
  const respond = vendor.respond.bind(vendor)
  vendor.respond = async (request) => await change(new URL(request.url), await respond(request))
}

/** A fetch that reaches the fake and nothing else, without sockets. */
export function fetchFrom(vendor: Pick<VendorFake, 'respond'>): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request && init === undefined ? input : new Request(input, init)
    request.signal.throwIfAborted()
    if (watchers.size === 0) return await vendor.respond(request)
    const asked = request.clone()
    const response = await vendor.respond(request)
    for (const watch of watchers) watch({ request: asked.clone(), response: response.clone() })
    return response
  }
}
