using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TrainingService.Domain.Storage.Migrations
{
    /// <inheritdoc />
    public partial class RowsBesideSpecs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "jobs")
                .Annotation("Npgsql:StorageParameter:fillfactor", 80)
                .Annotation("Npgsql:StorageParameter:toast_tuple_target", 256);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "jobs")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 80)
                .OldAnnotation("Npgsql:StorageParameter:toast_tuple_target", 256);
        }
    }
}
