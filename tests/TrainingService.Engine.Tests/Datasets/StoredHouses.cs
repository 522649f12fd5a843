using System.Globalization;
using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Tests.Datasets;

/// <summary>A stored data set of houses: numbers of several dtypes, a text, a time, an id, a class.</summary>
internal sealed class StoredHouses : IDisposable
{
    public const int Rows = 240;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public StoredHouses()
    {
        using var writers = new ColumnWriterSet(_folder.FullName);
        writers.Declare(
        [
            new ColumnInfo("area", ColumnRole.Feature, "float64", new Shape()), new ColumnInfo("rooms", ColumnRole.Feature, "int16", new Shape()),
            new ColumnInfo("town", ColumnRole.Ignored, "string", new Shape()), new ColumnInfo("price", ColumnRole.Label, "float32", new Shape()),
            new ColumnInfo("id", ColumnRole.Id, "uint32", new Shape()), new ColumnInfo("sold_at", ColumnRole.Time, "int64", new Shape()),
            new ColumnInfo("kind", ColumnRole.Ignored, "int32", new Shape(), ["cottage", "villa"]), new ColumnInfo("visits", ColumnRole.Ignored, "int64", new Shape((long?)null)),
        ]);
        var split = writers.Split("train");
        for (var row = 0; row < Rows; row++)
        {
            split.Fixed(0).Append(Area(row));
            split.Fixed(1).Append((short)RoomsOf(row));
            split.Varying(2).Append(Encoding.UTF8.GetBytes(Town(row)));
            split.Fixed(3).Append(Price(row));
            split.Fixed(4).Append(3_000_000_000u + (uint)row / 2);
            split.Fixed(5).Append((long)(row * 7 % Rows));
            split.Classes(6).Append(Encoding.UTF8.GetBytes(Kind(row) == 0 ? "cottage" : "villa"));
            split.Varying(7).Append<long>([.. Enumerable.Range(0, row % 4 + 1).Select(visit => (long)visit + 1)]);
        }
        var stored = writers.Finish(DatasetFormat.Csv);
        Info = DatasetInfo.Of("houses", 2, "Houses", stored.Schema, stored.Files);
    }

    public DatasetInfo Info { get; }

    public DatasetLocation Location => new(Info, _folder.FullName);

    public static double Area(int row) => 40 + row * 37 % 100;

    public static int RoomsOf(int row) => 1 + row % 5;

    public static string Town(int row) => row % 3 == 0 ? "North Town" : "South";

    public static float Price(int row) => (float)(2 * Area(row) + 10 * RoomsOf(row) + (row % 3 == 0 ? 50 : 0));

    public static int Kind(int row) => row % 4 == 0 ? 0 : 1;

    public static string Json(int row) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"area": {{Area(row)}}, "rooms": {{RoomsOf(row)}}, "town": "{{Town(row)}}"}""");

    public void Dispose() => _folder.Delete(recursive: true);
}
