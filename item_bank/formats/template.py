"""The template of a spreadsheet with an example of every type of question, as docs/formats.md shows it: CSV, or a workbook of texts."""

import csv
import io

from item_bank.formats.xlsx_writing import workbook

EXAMPLE = """\
id,lang,type,title,question,points,correct,scoring,option_1,option_2,option_3,match_1,match_2,match_3,worth_2,case,subject,difficulty,seconds
rti-1,en,choice,Section 3,Who has the right to information?,1,2,,Officers,All citizens,Companies,,,,,,Law,easy,60
rti-1,hi,choice,धारा 3,सूचना का अधिकार किसे है?,1,2,,अधिकारियों को,सभी नागरिकों को,कंपनियों को,,,,,,Law,easy,60
rti-2,en,multiple,Free of charge,Who pays no fee?,2,1;3,each,The poorest,Everybody,Who got no answer in time,,,,-1,,Law,medium,90
rti-3,en,truefalse,Reasons,An applicant must give reasons.,1,false,,,,,,,,,,Law,easy,30
fin-1,en,number,Interest,Interest on 1000 at 5 % for a year is _____ rupees.,1,,,50:0.5,,,,,,,,Finance,medium,60
fin-2,en,text,Tax,What does GST stand for?,1,,,Goods and Services Tax,Goods and Service Tax,,,,,0.5,no,Finance,easy,45
geo-1,en,match,Capitals,Match the capitals.,2,,,Bihar,Kerala,,Patna,Thiruvananthapuram,Ranchi,,,Geography,easy,60
ess-1,en,essay,Comment,Say in your own words what a public authority is.,5,,,,,,,,,,,Law,hard,600
"""


def template_as(form: str) -> bytes:
    """Write the template as `csv`, with the mark by which spreadsheets know UTF-8, or as `xlsx`."""
    if form == "csv":
        return EXAMPLE.replace("\n", "\r\n").encode("utf-8-sig")
    return workbook(list(csv.reader(io.StringIO(EXAMPLE))))
