using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Dashboard.Datasets;

/// <summary>What a data set holds, as people read it.</summary>
internal static class DatasetText
{
    private const int LongestCell = 60;

    public static string Of(Shape shape) => shape.Rank == 0 ? "one number" : shape.ToString();

    public static string Of(ColumnInfo column) => column.RowShape.Rank == 0 ? column.Dtype : $"{column.Dtype} {column.RowShape}";

    /// <summary>A value of the preview on one line.</summary>
    public static string Of(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            _ => value.GetRawText(),
        };
        return text.Length <= LongestCell ? text : text[..LongestCell] + "…";
    }

    /// <summary>Whether the preview has a picture in a value's place.</summary>
    public static bool IsPicture(ColumnInfo column) =>
        column.Encoding == ColumnInfo.ImageEncoding || (column.Dtype == "uint8" && column.RowShape.Rank == 3 && column.Role != ColumnRole.Label);

    public static string Number(double? value) => value?.ToString("G6") ?? "–";
}
