/** The tenant that the demo makes. Every other one is somebody's real house. */
export const demoSlug = 'demo'
