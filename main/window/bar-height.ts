// The bar's height in pixels by the design's one rule for sizes: the bar is 4.5 rem, a rem is
// max(16px, min(2.25vh, 1.7vw)) times the person's zoom. The bar's page takes its rem back from its window's height.

export function barHeight(screen: { readonly width: number; readonly height: number }, zoom: number): number {
  const rem = Math.max(16, Math.min(screen.height * 0.0225, screen.width * 0.017)) * zoom;
  return Math.round(4.5 * rem);
}
