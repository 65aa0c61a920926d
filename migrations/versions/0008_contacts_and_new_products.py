"""Contacts that are linked at an import, and products that are made in the books

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('contact_matches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('profile_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('is_company', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('company', sa.String(length=500), nullable=False),
    sa.Column('code', sa.String(length=200), nullable=True),
    sa.Column('new_name', sa.String(length=500), nullable=False),
    sa.Column('matched_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['profile_id'], ['profiles.id'], name=op.f('fk_contact_matches_profile_id_profiles')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_matches')),
    sa.UniqueConstraint('profile_id', 'key', name=op.f('uq_contact_matches_profile_id_key'))
    )
    with op.batch_alter_table('contact_matches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_matches_profile_id_id'), ['profile_id', 'id'], unique=False)
    with op.batch_alter_table('item_matches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('document_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_item_matches_document_id_documents'), 'documents', ['document_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_item_matches_document_id'), ['document_id'], unique=False)
    with op.batch_alter_table('books', schema=None) as batch_op:
        batch_op.add_column(sa.Column('look_asked_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('looked_at', sa.DateTime(), nullable=True))


def downgrade():
    with op.batch_alter_table('books', schema=None) as batch_op:
        batch_op.drop_column('looked_at')
        batch_op.drop_column('look_asked_at')
    with op.batch_alter_table('item_matches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_matches_document_id'))
        batch_op.drop_constraint(batch_op.f('fk_item_matches_document_id_documents'), type_='foreignkey')
        batch_op.drop_column('document_id')
    op.drop_table('contact_matches')
