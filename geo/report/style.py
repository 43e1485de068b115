"""How the survey report looks, on a screen and on paper."""

STYLE = """
body{font:15px/1.45 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:#1b1b1b;max-width:52rem;
margin:2rem auto;padding:0 1rem;background:#fff}
h1{font-size:1.7rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:1.8rem 0 .4rem;border-bottom:1px solid #bbb}
.sub{color:#555;margin:.2rem 0 0}p,li{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.82rem}
th,td{padding:.25rem .35rem;text-align:left;vertical-align:top;
border-bottom:1px solid #ddd}th{border-bottom:2px solid #888}
.n{text-align:right!important;
font-variant-numeric:tabular-nums}td.n{white-space:nowrap}td:nth-child(-n+2){overflow-wrap:anywhere;min-width:5.5em}
tr.sum td{font-weight:600;border-top:1px solid #888}.wide{overflow-x:auto;margin:.4rem 0}
figure{margin:.6rem 0}figure svg{width:100%;height:auto;border:1px solid #ddd}
figcaption{font-size:.85rem;color:#333;margin-top:.3rem}
.word{white-space:nowrap}.key{display:inline-block;width:.9em;height:.9em;margin:0 .1em 0 .8em;
vertical-align:-.1em;-webkit-print-color-adjust:exact;print-color-adjust:exact}.searched{background:#9ecae1}
.failed{background:#d7301f}
.open{background:#fdb863}.animal{background:#b10026;border-radius:50%;width:.55em;height:.55em}
.transect{border:1px solid #08519c}.stratum{border:2px solid #222}
pre{white-space:pre-wrap;font-size:.78rem;background:#f5f5f5;padding:.6rem;overflow-wrap:anywhere}
.sign{display:grid;grid-template-columns:2fr 1fr;gap:.3rem 2rem;margin-top:2.5rem;break-inside:avoid;break-before:avoid}
.sign span{display:block;border-bottom:1px solid #333;height:1.8rem}
@page{size:A4;margin:16mm}
@media print{body{margin:0;max-width:none;padding:0;font-size:10.5pt}.wide{overflow:visible}h2{break-after:avoid}
figure,tr,.short,pre{break-inside:avoid}thead{display:table-header-group}.map svg{max-height:115mm}
h2{margin-top:1.2rem}pre{font-size:7.5pt}.sign{margin-top:1.2rem}}
"""
