import { dsvFormat } from "d3-dsv";
import { describe, expect, it } from "vitest";
import { ownData, tableOf, targetsAfter } from "../../lab/csv.js";

const read = (text: string) =>
  tableOf("a.csv", text, (rows, delimiter) => dsvFormat(delimiter).parseRows(rows));

describe("tableOf(name, text, rowsOf)", () => {
  it("finds the columns of numbers, and leaves out those without any", () => {
    const table = read("x,who,y\n1,a,2\n-3.5e1,b,0\n4,c,7\n");
    expect(table).toMatchObject({ numeric: ["x", "y"], text: ["who"] });
    expect(ownData(table, ["y"])).toMatchObject({
      inputs: ["x"],
      outputs: ["y"],
      X: [[1], [-35], [4]],
      Y: [[2], [0], [7]],
    });
  });

  it.each([",", ";", "\t", "|"])("finds that %j parts the cells, of quoted ones too", (mark) => {
    const text = `\ufeff"a ""b""",y\r\n"1","2"\r\n3,4\r\n\r\n5,6`.replaceAll(",", mark);
    expect(read(text)).toMatchObject({
      numeric: ['a "b"', "y"],
      cells: [
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
      ],
    });
  });

  it.each([
    ["x,y\n1,2\n3,oops\n5,6\n", 'row 3, column "y": "oops" is no number'],
    ["x;y\n1;2\n3;4,5\n5;6\n", "decimals need a point, not a comma"],
    ["x,y\n1,2\n3,\n5,6\n", 'row 3, column "y": "" is no number'],
    ["x,y\n1,2\n3,0x10\n5,6\n", 'row 3, column "y": "0x10" is no number'],
    ["x,y\n1,2\n3\n5,6\n", "row 3: 1 cells, and the header has 2"],
    ["x,y\n1,2\n\n3,oops\n5,6\n", 'row 4, column "y": "oops" is no number'],
    ['x,y\n1,2\n3,"4\n5,6\n7,8\n', "row 3: a quote is opened and never closed"],
    ['x,y\n1,2\n3,"4"5\n5,6\n7,8\n', "row 3: 3 cells, and the header has 2"],
    ["x,x\n1,2\n3,4\n5,6\n", 'the column "x" is there twice'],
    ["x,y\n1,2\n", "at least three rows"],
    ["x,y\n1,a\n2,b\n3,c\n", "at least two columns of numbers"],
  ])("says row and column of what it cannot use: %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("targetsAfter(numeric, targets, name, on)", () => {
  it("swaps two columns, and of more leaves a feature and a target", () => {
    expect(targetsAfter(["x", "y"], ["y"], "x", true)).toEqual(["x"]);
    expect(targetsAfter(["x", "y"], ["y"], "y", false)).toEqual(["x"]);
    expect(targetsAfter(["x", "y", "z"], ["z"], "x", true)).toEqual(["x", "z"]);
    expect(targetsAfter(["x", "y", "z"], ["z"], "z", false)).toEqual(["z"]);
    expect(targetsAfter(["x", "y", "z"], ["x", "z"], "y", true)).toEqual(["x", "z"]);
  });
});
