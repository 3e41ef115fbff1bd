/** The page's style: colours as variables that the charts use too, with a contrast of text of at least 4.5 in light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--page:#fff;--panel:#f6f8fa;--ink:#1c2128;--ell2-muted:#55606c;--ell2-grid:#d9dee4;--edge:#d0d7de;--warn:#8a4b00;
--ell2-1:#1f6fbf;--ell2-2:#c04f0c;--ell2-3:#1f7a3f;--ell2-4:#8a45c9;--ell2-5:#c02f4f;--ell2-6:#0f766e;--ell2-7:#8f6500;--ell2-8:#5b6672}
@media (prefers-color-scheme:dark){:root{--page:#13171c;--panel:#1b2027;--ink:#e4e8ed;--ell2-muted:#a3adb9;--ell2-grid:#343c46;--edge:#3a434e;--warn:#f0b35e;
--ell2-1:#6fb3f2;--ell2-2:#f39c62;--ell2-3:#6fcf8d;--ell2-4:#c7a0f5;--ell2-5:#f58a9f;--ell2-6:#55c9bd;--ell2-7:#dcb64e;--ell2-8:#a9b4c0}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
header,nav,main,footer{max-width:78rem;margin:0 auto;padding:0 clamp(.75rem,3vw,2rem)}
header{padding-top:2rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.2rem;margin:2.5rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--edge)}
p{margin:.4rem 0 .8rem;max-width:46rem}
header p,footer,.absent,figcaption,caption{color:var(--ell2-muted)}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:1rem 0 0;padding:0;list-style:none;font-size:.9rem}
a{color:var(--ell2-1)}
.warnings{border-left:4px solid var(--warn);background:var(--panel);padding:.6rem 1rem;margin:1.2rem 0 0}
.warnings h2{border:0;margin:0;padding:0;font-size:1rem;color:var(--warn)}
.warnings ul{margin:.3rem 0 0;padding-left:1.2rem}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1.2rem;margin:.6rem 0}
dt{color:var(--ell2-muted)}dd{margin:0}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem;align-items:start}
figure{margin:0;padding:.6rem clamp(.35rem,1vw,.6rem);background:var(--panel);border:1px solid var(--edge);border-radius:.4rem;min-width:0}
figure svg{display:block;width:100%;max-width:32rem;height:auto}
figcaption{font-size:.85rem;line-height:1.4;margin:.4rem .2rem 0}figcaption details{color:var(--ink);margin-top:.4rem}
@media (min-width:60rem){figure:only-child{grid-column:1/-1;display:grid;grid-template-columns:minmax(0,27rem) minmax(0,1fr);gap:2rem}figure:only-child figcaption{font-size:.95rem;max-width:40rem}}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
summary{cursor:pointer;font-size:.85rem;padding:.25rem .2rem}
.scroll{margin-bottom:1rem;overflow:auto;position:relative;max-height:32rem;max-width:100%}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.2rem .6rem .2rem 0;font-size:.85rem}
th,td{padding:.22rem .7rem .22rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--edge);font-weight:400;white-space:nowrap}
thead th{color:var(--ell2-muted);border-bottom-width:2px}
.n{text-align:right}
:focus-visible{outline:2px solid var(--ell2-1);outline-offset:2px}
footer{font-size:.85rem;margin-top:3rem;padding-bottom:2rem}
@media print{:root{color-scheme:light;--page:#fff;--panel:#fff;--ink:#000;--ell2-muted:#444;--ell2-grid:#ccc;--edge:#bbb;--warn:#8a4b00;
--ell2-1:#1f6fbf;--ell2-2:#c04f0c;--ell2-3:#1f7a3f;--ell2-4:#8a45c9;--ell2-5:#c02f4f;--ell2-6:#0f766e;--ell2-7:#8f6500;--ell2-8:#5b6672}
nav,details:not([open]){display:none}.scroll{max-height:none;overflow:visible}figure,tr{break-inside:avoid}h2{break-after:avoid}.figures{grid-template-columns:1fr 1fr}}
`;
