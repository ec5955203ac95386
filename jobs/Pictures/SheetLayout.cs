namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>Where things lie on a sheet, in pixels.</summary>
internal sealed class SheetLayout
{
    internal const int Margin = 10, TitleHeight = 26, CaptionHeight = 18, LegendHeight = 34, FootHeight = 18;

    /// <summary>A legend and a title can be read on no less.</summary>
    private const int Narrowest = 420;

    internal SheetLayout(MapSheet sheet, int mapWidth)
    {
        MapWidth = mapWidth;
        MapHeight = Math.Max(1, (int)Math.Round((double)mapWidth * sheet.Grid.Height / sheet.Grid.Width));
        Columns = sheet.Rows.Max(row => row.Count);
        Width = Math.Max(Narrowest, Margin + (Columns * (mapWidth + Margin)));
        LegendTop = Margin + TitleHeight + (sheet.Rows.Count * (CaptionHeight + MapHeight + Margin));
        FootTop = LegendTop + (sheet.Kinds.Count * LegendHeight);
        Height = FootTop + FootHeight + (Margin / 2);
    }

    internal int MapWidth { get; }
    internal int MapHeight { get; }
    internal int Columns { get; }
    internal int Width { get; }
    internal int Height { get; }
    internal int LegendTop { get; }
    internal int FootTop { get; }

    /// <summary>The upper-left corner of a map; its caption is above it. Fewer maps than fit stand in the middle.</summary>
    internal (int Left, int Top) MapAt(int row, int column)
    {
        var left = (Width - (Columns * (MapWidth + Margin)) + Margin) / 2;
        return (left + (column * (MapWidth + Margin)), Margin + TitleHeight + (row * (CaptionHeight + MapHeight + Margin)) + CaptionHeight);
    }
}
