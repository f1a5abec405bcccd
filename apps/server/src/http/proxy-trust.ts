/**
 * Whose `X-Forwarded-For` is believed: nobody's (`false`), that of a number of proxies in front, or that of these
 * addresses and ranges. Behind a proxy that is not believed every vendor shares one address and one rate limit.
 */
export type ProxyTrust = false | number | readonly string[]
