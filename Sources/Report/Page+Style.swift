extension Page {
  /// How pages look: on a screen of any width, light or dark, and on paper.
  ///
  /// gnuplot's greys become the page's own, so that plots follow it into the dark; colours of curves stay, but for two
  /// blues that would sink in.
  static let style = """

    :root{--paper:#fff;--ink:#1a1a1a;--soft:#555;--grid:#ccc;--line:#ddd;--link:#0060a0;--blue:#0072b2;--sky:#56b4e9}
    @media (prefers-color-scheme:dark){
    :root{--paper:#16181b;--ink:#e6e6e6;--soft:#a9adb3;--grid:#3a3f45;--line:#33383e;--link:#7cc0f2;--blue:#3f8fd9;--sky:#a8dcff}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:62rem;padding:1rem;background:var(--paper);color:var(--ink);
    font:1rem/1.5 "DejaVu Sans",Verdana,sans-serif;overflow-wrap:break-word}
    h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
    h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
    h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
    .question{font-size:1.1rem;color:var(--soft);margin:.2rem 0 1rem}
    a{color:var(--link)}
    a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
    .wide{overflow-x:auto}
    table{border-collapse:collapse;margin:.5rem 0 1rem;font-size:.85rem}
    caption{text-align:left;font-weight:bold;padding:.3rem 0}
    th,td{text-align:left;vertical-align:top;padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--line)}
    td{font-variant-numeric:tabular-nums}
    .facts th{font-weight:normal;color:var(--soft);padding-right:1.5rem}
    pre{overflow-x:auto;padding:.6rem;border:1px solid var(--line);font-size:.85rem;white-space:pre-wrap;
    overflow-wrap:anywhere}
    figure{margin:1.2rem 0}
    figcaption{color:var(--soft);font-size:.9rem}
    .plot svg{width:100%;height:auto;display:block}
    .plot text,.plot tspan{font-family:inherit}
    .plot [fill="#ffffff"]{fill:var(--paper)}
    .plot [color="black"],.plot [color="rgb(  0,   0,   0)"],.plot [stroke="black"]{color:var(--ink)}
    .plot [stroke="rgb( 68,  68,  68)"],.plot [stroke="rgb(  0,   0,   0)"],.plot [stroke="black"]{stroke:var(--ink)}
    .plot [fill="rgb(68,68,68)"],.plot [fill="black"],.plot [fill="rgb(0,0,0)"]{fill:var(--ink)}
    .plot [stroke="rgb(204, 204, 204)"]{stroke:var(--grid)}
    .plot [stroke="rgb(  0, 114, 178)"]{stroke:var(--blue)}
    .plot [color="rgb(  0, 114, 178)"]{color:var(--blue)}
    .plot [stroke="rgb( 86, 180, 233)"]{stroke:var(--sky)}
    .plot [color="rgb( 86, 180, 233)"]{color:var(--sky)}
    details .wide{max-height:20rem;overflow-y:auto}
    @media (max-width:40rem){body{padding:.6rem}table{font-size:.78rem}.plot{overflow-x:auto}.plot svg{min-width:34rem}}
    @media print{:root{--paper:#fff;--ink:#000;--soft:#333;--grid:#ccc;--line:#bbb;--link:#000;--blue:#0072b2;--sky:#56b4e9}
    body{max-width:none;font-size:10pt}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}details{display:none}
    .wide{overflow:visible}}

    """
}
