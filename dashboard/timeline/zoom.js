// Dragging across a chart of time marks a part of it; the page then shows that part. Escape gives up.
const LEAST_PIXELS = 8

export default function ({ data, setTriggerValue }) {
  const chart = document.querySelector(`.st-key-${data.chart}`)
  if (!chart) return
  // A refresh calls this again: a drag that has begun goes on, with the newest ends.
  chart.zoom ??= listen(chart)
  chart.zoom.data = data
  chart.zoom.send = (part) => setTriggerValue("part", part)
}

function listen(chart) {
  const zoom = {}
  const band = document.createElement("div")
  band.style.cssText =
    "position: fixed; pointer-events: none; z-index: 1; background: #0d766e; opacity: 0.22"
  let first = null

  const plot = () => {
    const box = (chart.querySelector("canvas") ?? chart).getBoundingClientRect()
    return { left: box.left + zoom.data.left, right: box.right - zoom.data.right, top: box.top, bottom: box.bottom }
  }
  const within = (x, { left, right }) => Math.min(Math.max(x, left), right)
  const stop = () => {
    first = null
    band.remove()
  }

  chart.addEventListener("pointerdown", (event) => {
    const { left, right } = plot()
    const isPlot = event.target.tagName === "CANVAS" && left <= event.clientX && event.clientX <= right
    if (event.button === 0 && event.pointerType !== "touch" && isPlot) first = event.clientX
  })
  window.addEventListener("pointermove", (event) => {
    if (first === null) return
    if (!chart.isConnected || event.buttons === 0) return stop()
    const area = plot()
    const ends = [first, within(event.clientX, area)].sort((a, b) => a - b)
    Object.assign(band.style, {
      left: `${ends[0]}px`,
      width: `${ends[1] - ends[0]}px`,
      top: `${area.top}px`,
      height: `${area.bottom - area.top}px`,
    })
    document.body.append(band)
  })
  window.addEventListener("pointerup", (event) => {
    if (first === null) return
    const area = plot()
    const ends = [first, within(event.clientX, area)].sort((a, b) => a - b)
    stop()
    if (ends[1] - ends[0] < LEAST_PIXELS) return
    zoom.send(ends.map((x) => (x - area.left) / (area.right - area.left)))
  })
  window.addEventListener("keydown", (event) => event.key === "Escape" && stop())
  return zoom
}
